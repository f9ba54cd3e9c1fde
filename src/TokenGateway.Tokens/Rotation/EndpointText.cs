using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Rotation;

/// <summary>What a token endpoint did, in words that may be shown. Of its address the query is left out: some providers' holds a key.</summary>
internal static class EndpointText
{
    /// <param name="settings">The credential.</param>
    /// <param name="response">The status, type and length of its response.</param>
    /// <param name="atStart">Whether a sentence begins with it.</param>
    public static string Answered(CredentialSettings settings, string response, bool atStart = false) =>
        $"{(atStart ? "The" : "the")} token endpoint {settings.TokenEndpoint.GetLeftPart(UriPartial.Path)} answered {response}";
}
