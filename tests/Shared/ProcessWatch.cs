using System.Diagnostics;

namespace TokenGateway.Testing;

/// <summary>
/// Ends the servers that a test host has started when it is killed before it could do so itself. A shell beside the host knows them by id; its input ends with the host, however that ends.
/// </summary>
internal sealed class ProcessWatch : IDisposable
{
    private const string Script = """
        trap '' INT TERM
        declare -A watched
        while read -r change id; do if [[ $change == + ]]; then watched[$id]=yes; else unset "watched[$id]"; fi; done
        ((${#watched[@]} == 0)) || kill -KILL "${!watched[@]}"
        """;

    private readonly Process _shell = Process.Start(new ProcessStartInfo("bash", ["-c", Script]) { UseShellExecute = false, RedirectStandardInput = true })!;

    /// <summary>The one of this process.</summary>
    public static ProcessWatch Host { get; } = new();

    public void Begin(Process process) => Tell($"+ {process.Id}");

    /// <summary>Its id may be another process's from now on.</summary>
    public void End(Process process) => Tell($"- {process.Id}");

    /// <summary>As if the host had been killed.</summary>
    public void Dispose()
    {
        _shell.StandardInput.Dispose();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private void Tell(string line)
    {
        lock (_shell)
        {
            _shell.StandardInput.WriteLine(line);
            _shell.StandardInput.Flush();
        }
    }
}
