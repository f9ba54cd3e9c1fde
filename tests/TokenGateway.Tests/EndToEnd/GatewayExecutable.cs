namespace TokenGateway.Tests.EndToEnd;

/// <summary>The published gateway, as a user runs it: Native AOT, made by <c>tests/run</c>.</summary>
internal static class GatewayExecutable
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var configured = Environment.GetEnvironmentVariable("TOKENGATEWAY_EXE");
        var candidates = new[] { configured, System.IO.Path.Combine(RepositoryRoot(), "artifacts", "gateway", "TokenGateway") };
        return candidates.FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate) && File.Exists(candidate))
            ?? throw new InvalidOperationException(
                "The end-to-end tests need the published gateway: run tests/run, or 'dotnet publish -c Release -r linux-x64 src/TokenGateway -o artifacts/gateway'.");
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "TokenGateway.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests must run inside the repository.");
    }
}
