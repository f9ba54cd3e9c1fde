using System.Diagnostics;

namespace TokenGateway.Faults.Shim;

/// <summary>The library that is laid over libc in the gateways' processes, compiled from <c>faults.c</c> for this machine.</summary>
internal static class FaultShim
{
    /// <summary>Compiles it into <paramref name="folder"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no compiler, or it fails.</exception>
    public static async Task<string> CompileAsync(string folder, CancellationToken cancellationToken)
    {
        var (source, library) = (Path.Combine(folder, "faults.c"), Path.Combine(folder, "faults.so"));
        await using (var code = typeof(FaultShim).Assembly.GetManifestResourceStream("faults.c")!)
        await using (var file = File.Create(source))
        {
            await code.CopyToAsync(file, cancellationToken);
        }

        using var compiler = Start(["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"]);
        var errors = await compiler.StandardError.ReadToEndAsync(cancellationToken);
        await compiler.WaitForExitAsync(cancellationToken);
        return compiler.ExitCode == 0 ? library : throw new InvalidOperationException($"gcc cannot compile faults.c:\n{errors}");
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("gcc", arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException("gcc is missing: install it (Debian: apt-get install gcc libc6-dev).", error);
        }
    }
}
