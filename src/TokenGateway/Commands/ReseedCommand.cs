using System.Net.Http.Headers;
using System.Text.Json;
using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary><c>reseed NAME --refresh-token-file F</c>: hands a new refresh token over to the running gateway. Exit code 0 when the provider accepted it.</summary>
internal static class ReseedCommand
{
    /// <summary>The file name that means standard input.</summary>
    private const string StandardInput = "-";

    public static Task<int> RunAsync(ManagementTarget target, string credential, string file, CommandOutput output) =>
        ManagementClient.RunAsync(target, output, async client =>
        {
            var token = (file == StandardInput ? await output.In.ReadToEndAsync() : await File.ReadAllTextAsync(file)).Trim();
            if (string.IsNullOrWhiteSpace(token))
            {
                return output.Fail($"{(file == StandardInput ? "Standard input" : file)} holds no refresh token.", exitCode: 1);
            }

            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new ReseedRequest { RefreshToken = token }, ManagementJson.Default.ReseedRequest));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            await client.SendAsync(HttpMethod.Put, ManagementClient.PathOf(credential, "refresh-token"), content);
            await output.Out.WriteLineAsync($"{credential}: the provider has accepted the new refresh token.");
            return 0;
        });
}
