using TokenGateway.Commands;

return await GatewayCommandLine.InvokeAsync(args, CommandOutput.Console);
