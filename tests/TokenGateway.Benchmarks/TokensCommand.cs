using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace TokenGateway.Benchmarks;

/// <summary><c>tokens</c>: what a request pays for its token.</summary>
internal static class TokensCommand
{
    public static Command Create()
    {
        var command = new Command("tokens", "The token's path of a hot request, by BenchmarkDotNet. Fails if it allocates.");
        command.SetAction(_ =>
        {
            var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)).WithArtifactsPath(Path.Combine("artifacts", "benchmarkdotnet"));
            var report = BenchmarkRunner.Run<TokenPath>(config).Reports.Single();
            return report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) == 0 ? 0 : 1;
        });
        return command;
    }
}
