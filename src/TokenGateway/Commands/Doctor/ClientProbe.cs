using System.Globalization;
using System.Text.Json;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Commands.Doctor;

/// <summary>
/// Whether the provider accepts the client: a refresh without a refresh token, which can spend nothing, is refused for another reason
/// than a wrong client is.
/// </summary>
internal static class ClientProbe
{
    private static readonly string[] RefusedRequests = ["invalid_request", "invalid_grant", "unsupported_grant_type", "invalid_scope"];
    private static readonly string[] RefusedClients = ["invalid_client", "unauthorized_client"];

    /// <param name="invoker">Sends it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="credential">Whose client.</param>
    /// <param name="cancelled">Ends the waiting.</param>
    /// <exception cref="HttpRequestException">The endpoint cannot be reached.</exception>
    public static async Task<Finding> AskAsync(HttpMessageInvoker invoker, TimeProvider time, CredentialSettings credential, CancellationToken cancelled)
    {
        var subject = $"{credential.Name}: client";
        if (!ClientProof.TryReadSecret(credential, out var secret))
        {
            return Finding.Failure(subject, $"the file {credential.ClientSecret.File} cannot be read, or is empty (ClientSecretFile)");
        }

        var proof = new ClientProof(credential, secret);
        var deadline = new SendDeadline(time, credential.TokenEndpointTimeout);
        using var content = TokenRequest.CreateContent(credential, TokenGrantRequest.WithoutToken, proof, deadline);
        using var request = TokenRequest.Create(credential, proof, content);
        using var response = await invoker.SendAsync(request, cancelled);
        var body = await AnswerBody.ReadAsync(response.Content, cancelled);
        return Judge(subject, (int)response.StatusCode, OAuthError.Sanitize(ErrorIn(body.Body)));
    }

    private static Finding Judge(string subject, int status, string? error)
    {
        var said = error ?? status.ToString(CultureInfo.InvariantCulture);
        return RefusedClients.Contains(error, StringComparer.Ordinal) || (error is null && status is 401 or 403)
                ? Finding.Failure(subject, $"the provider does not accept it ({said}): check ClientId, ClientSecret and TokenEndpointAuthMethod")
            : RefusedRequests.Contains(error, StringComparer.Ordinal)
                ? Finding.Good(subject, $"the provider accepts ClientId and its secret ({said} to a refresh without a token)")
            : Finding.Warning(subject, $"the provider says {said} to a refresh without a token, which proves nothing about the client");
    }

    private static string? ErrorIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String
                ? error.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
