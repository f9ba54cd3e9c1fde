using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;

namespace TokenGateway.Tokens.Tests.Hosting;

/// <summary>What a user of Refit writes.</summary>
public interface IHello
{
    Task<JsonElement> HelloAsync(string path, object body);
}

/// <summary>An interface over an <see cref="HttpClient"/>, as Refit and its like make one.</summary>
public class CallProxy : DispatchProxy
{
    private HttpClient _http = null!;

    public static IHello Over(HttpClient http)
    {
        var proxy = Create<IHello, CallProxy>();
        ((CallProxy)proxy)._http = http;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => SendAsync((string)args![0]!, args[1]!);

    private async Task<JsonElement> SendAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
