using System.CommandLine;
using TokenGateway.Faults.Commands;

return await new RootCommand("Breaks real gateways, real Redis servers and the network between them, and checks that no token is lost that need not be.")
{
    CiCommand.Create(),
    SoakCommand.Create(),
    ProveCommand.Create(),
}.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); // See PosixTermination.
