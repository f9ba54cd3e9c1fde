namespace TokenGateway.Commands;

/// <summary>Seam: <c>demo</c> comes with the simulator.</summary>
internal static class DemoCommand
{
    public static Task<int> RunAsync(CommandOutput output) => Task.FromResult(output.Fail("The demo is not in this build.", exitCode: 1));
}
