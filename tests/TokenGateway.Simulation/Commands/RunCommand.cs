using System.CommandLine;
using TokenGateway.Simulation.World;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Simulation.Commands;

/// <summary><c>run</c>: as many worlds as it takes to see that many rotations.</summary>
internal static class RunCommand
{
    private const int RotationsPerWorld = 40;

    public static Command Create()
    {
        var rotations = new Option<int>("--rotations") { Description = "Rotations altogether.", DefaultValueFactory = _ => 20_000 };
        var seed = new Option<ulong>("--seed") { Description = "The first world's seed; the others follow.", DefaultValueFactory = _ => 1 };
        var worlds = new Option<int?>("--worlds") { Description = "This many worlds, whatever the rotations." };
        var without = new Option<Mechanism>("--without") { Description = "Mechanisms to take out, to see what they are good for." };
        var policy = new Option<ReusePolicy?>("--policy") { Description = "Of the worlds that this draws, only those under this ReusePolicy." };
        var trace = new Option<bool>("--trace") { Description = "Print everything that happens in the first world, and run no other." };
        var command = new Command("run", "Runs the engine in simulated worlds and reports what was lost, and why.") { rotations, seed, worlds, policy, without, trace };
        command.SetAction(parsed =>
        {
            var started = TimeProvider.System.GetTimestamp();
            var first = parsed.GetValue(seed);
            var plans = (int number) => WorldPlan.Draw(first + (ulong)number, RotationsPerWorld, parsed.GetValue(without));
            using var summary = new Summary();
            if (parsed.GetValue(trace))
            {
                summary.Add(WorldRun.Run(plans(0), Console.Out));
            }
            else
            {
                var drawn = Enumerable.Range(0, parsed.GetValue(worlds) ?? (parsed.GetValue(rotations) + RotationsPerWorld - 1) / RotationsPerWorld)
                    .Where(number => parsed.GetValue(policy) is not { } wanted || plans(number).Policy == wanted)
                    .ToArray();
                new Fleet(drawn.Length, number => plans(drawn[number]), summary).Run();
            }

            return Report.Print(summary, TimeProvider.System.GetElapsedTime(started), Console.Out);
        });
        return command;
    }
}
