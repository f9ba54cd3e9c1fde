using TokenGateway.Testing;

namespace TokenGateway.Faults.Processes;

/// <summary>The published gateway, as a user runs it.</summary>
internal static class GatewayExecutable
{
    /// <exception cref="InvalidOperationException">It has not been published.</exception>
    public static string Find()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("TOKENGATEWAY_EXE"), RepositoryFile.PathOf("artifacts/gateway/TokenGateway")];
        return candidates.FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate) && File.Exists(candidate))
            ?? throw new InvalidOperationException(
                "The published gateway is missing: run 'dotnet publish -c Release -r linux-x64 src/TokenGateway -o artifacts/gateway', or name it in TOKENGATEWAY_EXE.");
    }
}
