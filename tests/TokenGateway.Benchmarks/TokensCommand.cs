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
        var brief = new Option<bool>("--short") { Description = "Three iterations: shows that nothing is allocated, and the time roughly." };
        var command = new Command("tokens", "The token's path of a hot request, by BenchmarkDotNet. Fails if it allocates.") { brief };
        command.SetAction(parsed =>
        {
            var job = parsed.GetValue(brief) ? Job.ShortRun : Job.Default;
            var config = DefaultConfig.Instance.AddJob(job.WithToolchain(InProcessEmitToolchain.Instance)).WithArtifactsPath(Path.Combine("artifacts", "benchmarkdotnet"));
            var report = BenchmarkRunner.Run<TokenPath>(config).Reports.Single();
            return report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) == 0 ? 0 : 1;
        });
        return command;
    }
}
