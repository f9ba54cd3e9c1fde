using TokenGateway.Testing;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>The published gateway, as a user runs it: Native AOT, made by <c>tests/run</c>.</summary>
internal static class GatewayExecutable
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var configured = Environment.GetEnvironmentVariable("TOKENGATEWAY_EXE");
        var candidates = new[] { configured, RepositoryFile.PathOf("artifacts/gateway/TokenGateway") };
        return candidates.FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate) && File.Exists(candidate))
            ?? throw new InvalidOperationException(
                "The end-to-end tests need the published gateway: run tests/run, or 'dotnet publish -c Release -r linux-x64 src/TokenGateway -o artifacts/gateway'.");
    }
}
