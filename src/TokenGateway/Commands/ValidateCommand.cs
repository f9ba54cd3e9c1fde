using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary><c>validate NAME</c>: has the running gateway ask the provider about the token in use. Exit code 0 when there is a verdict.</summary>
internal static class ValidateCommand
{
    public static Task<int> RunAsync(ManagementTarget target, string credential, CommandOutput output) =>
        ManagementClient.RunAsync(target, output, async client =>
        {
            var validation = await client.SendAsync(HttpMethod.Post, ManagementClient.PathOf(credential, "validate"), content: null, ManagementJson.Default.ValidationDocument);
            await output.Out.WriteLineAsync($"{credential}: {validation.Verdict}{(validation.Error is { } error ? $" ({error})" : "")}");
            return validation.Verdict == "unknown" ? 1 : 0;
        });
}
