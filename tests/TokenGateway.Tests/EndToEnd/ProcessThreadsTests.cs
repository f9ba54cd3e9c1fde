using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>What was read from a socket goes on where it was read, and what waits for a disk does not.</summary>
public sealed class ProcessThreadsTests
{
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("Embedded", null, true)]
    [InlineData("Embedded", "0", false)]
    [InlineData("Redis", null, false)]
    public async Task Each_core_has_a_thread_that_completes_reads_of_sockets_where_nothing_can_block_it(string store, string? setting, bool inline)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (setting is not null)
        {
            environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = setting;
        }

        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions(), store);
        var gateway = await fleet.StartGatewayAsync(environment: environment);
        await gateway.UntilActiveAsync();

        var threads = Directory.EnumerateDirectories($"/proc/{gateway.Id}/task").Count(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == ".NET Sockets");
        var coresOfOne = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 8.0 : 30.0; // The runtime's own choice.
        var shared = Math.Max(1, (int)Math.Round(Environment.ProcessorCount / coresOfOne));
        Assert.Equal(inline ? Environment.ProcessorCount : shared, threads);
    }

    [Fact]
    public async Task A_store_that_takes_no_write_holds_up_no_request()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        await using var gateway = await GatewayProcess.StartAsync(Patient(fleet.WriteConfiguration(plum => plum["LeaseDuration"] = "00:02:00")));
        await gateway.UntilActiveAsync();
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Hang());
        var validation = gateway.Client.PostAsync(new Uri(gateway.Management, "/api/credentials/plum/validate"), new StringContent("{}"));
        await fleet.Simulator.Events.WaitAsync(seen => seen.Kind == EventKind.Hanging, CancellationToken.None).WaitAsync(Stall, TimeProvider.System);

        // The verdict comes, and cannot be shared.
        await using var other = new SqliteConnection($"Data Source={Path.Combine(fleet.Folder, "tokens.db")};Pooling=False");
        await other.OpenAsync();
        await using var lasting = await other.BeginTransactionAsync(System.Data.IsolationLevel.Serializable);
        fleet.Simulator.Faults.Release();

        // Each on a connection of its own, which one thread or another serves.
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => gateway.GetAsync())).WaitAsync(Stall / 2, TimeProvider.System);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.False(validation.IsCompleted);

        await lasting.RollbackAsync();
        using var validated = await validation;
        Assert.True(validated.IsSuccessStatusCode, await validated.Content.ReadAsStringAsync());
    }

    private static string Patient(string file)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        root["TokenGateway"]!["Store"]!["OperationTimeout"] = Stall.ToString("c");
        File.WriteAllText(file, root.ToJsonString());
        return file;
    }
}
