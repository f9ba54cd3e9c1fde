using System.CommandLine;
using TokenGateway.Simulation.Commands;

return new RootCommand("Runs the engine, unchanged, on a virtual clock in worlds where everything goes wrong, and counts what is lost.")
{
    RunCommand.Create(),
}.Parse(args).Invoke();
