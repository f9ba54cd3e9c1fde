using Refit;

namespace MinimalApi;

/// <summary>The API as Refit calls it. It knows nothing of tokens.</summary>
public interface IHelloApi
{
    [Post("/api/hello")]
    Task<Hello> GreetAsync([Body] Greeting greeting, CancellationToken cancellationToken);
}

public sealed record Greeting(string From);

/// <param name="Fingerprint">Which access token the API saw.</param>
/// <param name="Generation">How often it has been rotated.</param>
public sealed record Hello(string Fingerprint, int Generation);
