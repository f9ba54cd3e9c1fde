using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TokenGateway.Configuration;
using TokenGateway.Hosting;

namespace TokenGateway.Commands;

/// <summary>The management API of the running gateway.</summary>
internal sealed class ManagementClient : IDisposable
{
    /// <summary>Longer than any lease with its endpoint timeout is likely to take.</summary>
    private static readonly TimeSpan LongTimeout = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    private ManagementClient(ManagementSettings settings, TimeSpan timeout)
    {
        var address = BindingAddress.Parse(settings.Url);
        _http = new HttpClient(Handler(address)) { BaseAddress = address.IsUnixPipe ? new Uri("http://localhost") : Folder(OwnAddress.Of(settings.Url)), Timeout = timeout };
        if (settings.ApiKey.Read() is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
        }
    }

    /// <summary>Runs a command against the running gateway. What goes wrong is one line for the user.</summary>
    /// <param name="target">Which gateway.</param>
    /// <param name="output">Where the user reads.</param>
    /// <param name="command">What to ask it.</param>
    /// <param name="failed">The exit code where the gateway could not be asked, or refused.</param>
    /// <param name="timeout">How long one call may take; null for as long as a rotation may.</param>
    /// <returns>The command's exit code, or <paramref name="failed"/>.</returns>
    public static async Task<int> RunAsync(ManagementTarget target, CommandOutput output, Func<ManagementClient, Task<int>> command, int failed = 1, TimeSpan? timeout = null)
    {
        try
        {
            using var client = new ManagementClient(target.Read(), timeout ?? LongTimeout);
            return await command(client);
        }
        catch (StartupException e)
        {
            return output.Fail(e.Errors, failed);
        }
        catch (ManagementException e)
        {
            return output.Fail(e.Message, failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return output.Fail($"A file cannot be read: {e.Message}", failed);
        }
    }

    /// <summary>The path of a credential's resource.</summary>
    public static string PathOf(string credential, string part) => $"api/credentials/{Uri.EscapeDataString(credential)}/{part}";

    /// <exception cref="ManagementException">The gateway could not be asked, or refused.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancelled = default)
    {
        var body = await SendAsync(method, path, content, cancelled);
        return Deserialize(body, type) ?? throw new ManagementException(NoGateway);
    }

    /// <inheritdoc cref="SendAsync{T}" />
    public async Task<string> SendAsync(HttpMethod method, string path, HttpContent? content = null, CancellationToken cancelled = default)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var answer = await _http.SendAsync(request, cancelled);
            var body = await answer.Content.ReadAsStringAsync(cancelled);
            return answer.IsSuccessStatusCode ? body
                : throw new ManagementException(Deserialize(body, ProblemJson.Default.Problem) is { } problem
                    ? $"{problem.Title}. {problem.Detail}".TrimEnd()
                    : $"The gateway at {_http.BaseAddress} answered {(int)answer.StatusCode}.");
        }
        catch (TaskCanceledException) when (!cancelled.IsCancellationRequested)
        {
            throw new ManagementException($"The gateway at {_http.BaseAddress} has not answered within {_http.Timeout.TotalSeconds:0} s; what was asked for may still be under way.");
        }
        catch (HttpRequestException)
        {
            throw new ManagementException(NoGateway);
        }
    }

    public void Dispose() => _http.Dispose();

    private string NoGateway => $"No gateway answers at {_http.BaseAddress} (--url, {ManagementTarget.UrlVariable} or TokenGateway:Management:Url): is it running there?";

    /// <summary>Paths are appended to it, also where a proxy serves the API below one of its own.</summary>
    private static Uri Folder(Uri address) => address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    private static SocketsHttpHandler Handler(BindingAddress address) => new()
    {
        UseProxy = false,
        ConnectCallback = address.IsUnixPipe ? (_, cancellationToken) => ConnectAsync(address.UnixPipePath, cancellationToken) : null,
    };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static T? Deserialize<T>(string body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>The running gateway could not be asked, or refused; the message is for the user.</summary>
internal sealed class ManagementException(string message) : Exception(message);
