using System.Net.Http.Headers;
using System.Text;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>How the client proves itself to the provider's endpoints (RFC 6749 §2.3.1): in a header or in the body, never in both. A public client has no secret and names itself in the body.</summary>
internal sealed class ClientProof(CredentialSettings settings, Secret? clientSecret)
{
    private bool UsesBasic => settings.ClientAuthentication == ClientAuthentication.ClientSecretBasic && clientSecret is not null;

    /// <summary>The header; null where the body holds the proof.</summary>
    public AuthenticationHeaderValue? Header => UsesBasic
        ? new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{FormEncoding.Encode(settings.ClientId)}:{FormEncoding.Encode(clientSecret!.Reveal())}")))
        : null;

    /// <summary>The parameters; none where the header holds the proof.</summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters()
    {
        if (UsesBasic)
        {
            yield break;
        }

        yield return new("client_id", settings.ClientId);
        if (clientSecret is not null)
        {
            yield return new("client_secret", clientSecret.Reveal());
        }
    }

    /// <summary>False when a secret is configured and cannot be had now: nothing is sent, for the provider would refuse it.</summary>
    public static bool TryReadSecret(CredentialSettings settings, out Secret? secret)
    {
        secret = null;
        if (!settings.ClientSecret.IsConfigured)
        {
            return true;
        }

        try
        {
            secret = settings.ClientSecret.Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return secret is not null;
    }
}
