using System.Net.Http.Json;

namespace Worker;

/// <summary>A typed client. It knows nothing of tokens.</summary>
internal sealed class HelloClient(HttpClient http)
{
    public async Task<Hello> GreetAsync(CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync("api/hello", new { From = nameof(Worker) }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<Hello>(cancellationToken) ?? throw new HttpRequestException("The answer is empty.");
    }
}

/// <param name="Fingerprint">Which access token the API saw.</param>
/// <param name="Generation">How often it has been rotated.</param>
internal sealed record Hello(string Fingerprint, int Generation);
