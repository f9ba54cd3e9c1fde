using System.Diagnostics;
using System.Globalization;

namespace TokenGateway.Tests.Commands;

/// <summary>The executable as a user starts it, in a folder of its own.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly Process _process;

    public GatewayProcess(string folder, params string[] args)
        : this(folder, new Dictionary<string, string>(StringComparer.Ordinal), args)
    {
    }

    public GatewayProcess(string folder, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "TokenGateway"), args)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Reads what it prints up to a line, which is the last one given.</summary>
    public Task<IReadOnlyList<string>> ReadAsync(Func<string, bool> until) => ReadAsync(_process.StandardOutput, until);

    /// <inheritdoc cref="ReadAsync(Func{string, bool})" />
    public Task<IReadOnlyList<string>> ReadErrorAsync(Func<string, bool> until) => ReadAsync(_process.StandardError, until);

    public async Task<(int Code, string Output, string Error)> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var output = _process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = _process.StandardError.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await output, await error);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(StreamReader stream, Func<string, bool> until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var lines = new List<string>();
        do
        {
            lines.Add(await stream.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"It has ended before:\n{string.Join('\n', lines)}"));
        }
        while (!until(lines[^1]));
        return lines;
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
