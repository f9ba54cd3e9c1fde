using System.Diagnostics;

namespace TokenGateway.Tests.Traffic;

/// <summary>The client that everybody has.</summary>
internal static class Curl
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <summary>Runs curl and gives what it printed; fails with curl's own words where it failed.</summary>
    /// <param name="input">Writes what curl sends (<c>--data-binary @-</c> or <c>-T -</c>).</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<string> RunAsync(Func<Stream, Task>? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("curl", ["--silent", "--show-error", "--noproxy", "*", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var curl = Process.Start(start)!;
        var (output, error) = (curl.StandardOutput.ReadToEndAsync(), curl.StandardError.ReadToEndAsync());
        await (input?.Invoke(curl.StandardInput.BaseStream) ?? Task.CompletedTask);
        curl.StandardInput.Close();
        await curl.WaitForExitAsync().WaitAsync(Bound, TimeProvider.System);
        Assert.True(curl.ExitCode == 0, $"curl ended with {curl.ExitCode}: {await error}");
        return await output;
    }
}
