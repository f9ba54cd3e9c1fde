using System.CommandLine;
using TokenGateway.Benchmarks;
using TokenGateway.Benchmarks.Proxies;

return await new RootCommand("Measures TokenGateway. Every figure in the documentation comes from one of these commands.")
{
    PropagationCommand.Create(),
    ProxiesCommand.Create(),
    SettingsCommand.Create(),
    ConnectionsCommand.Create(),
    CredentialsCommand.Create(),
    TokensCommand.Create(),
}.Parse(args).InvokeAsync();
