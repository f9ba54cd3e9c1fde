using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// What a response means that comes from an address which has never granted anything to this client: where it says that no token endpoint is there, nothing is spent. An endpoint that
/// has worked before may say the same while it is being deployed, after it has spent the token: there the doubt stays.
/// </summary>
internal static class UnprovenEndpoint
{
    /// <summary>Nothing lives at this address, or nothing that takes this request (RFC 9110 §15.5 and §15.6.2).</summary>
    private static readonly HashSet<int> NoEndpointHere = [404, 405, 410, 421, 501];

    public static TokenEndpointResult Judge(TokenEndpointResult result, RawAnswer? response, CredentialRecord inFlight) =>
        result is TokenEndpointResult.InDoubt && response is not null && !inFlight.EndpointIsProven && IsElsewhere(response)
            ? new TokenEndpointResult.Refused($"http_{response.Status}", response.RetryAfter)
            : result;

    /// <summary>A page with a 5xx is a gateway's in front of a server that may have done its work.</summary>
    private static bool IsElsewhere(RawAnswer response) => NoEndpointHere.Contains(response.Status) || (response.IsHtml && response.Status < 500);
}
