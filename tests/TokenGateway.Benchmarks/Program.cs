using System.CommandLine;
using TokenGateway.Benchmarks;

return await new RootCommand("Measures TokenGateway. Every figure in the documentation comes from one of these commands.")
{
    PropagationCommand.Create(),
}.Parse(args).InvokeAsync();
