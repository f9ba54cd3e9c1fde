using System.Text;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>The words that the endpoint tests share.</summary>
internal static class TestProvider
{
    /// <summary>An answer in the seed provider's newer shape.</summary>
    public const string Answer =
        """{"access_token":"access_token_2","token_type":"bearer","expires_in":1296000,"refresh_token":"refresh_token_2","access_token_expiry":1769299200000,"refresh_token_expiry":"1775001600000"}""";

    public static readonly DateTimeOffset Now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    public static readonly Secret RefreshToken = new("refresh_token_1");

    public static CredentialSettings Settings(Uri? endpoint = null) => new()
    {
        Name = "plum",
        TokenEndpoint = endpoint ?? new Uri("http://127.0.0.1:9/token"),
        ValidateEndpoint = endpoint,
        ClientAuthentication = ClientAuthentication.ClientSecretPost,
        RequestFormat = RequestFormat.Json,
        ClientId = "client_id_1",
        ClientSecret = new SecretSource { Value = new Secret("client_secret_1") },
        ValidateExpiryUnit = ExpiryUnit.Milliseconds,
    };

    public static SendDeadline Deadline(TimeProvider? time = null) => new(time ?? TimeProvider.System, TimeSpan.FromMinutes(1));

    public static RawAnswer Raw(int status, string body, bool complete = true, TimeSpan? retryAfter = null) => new()
    {
        Status = status,
        Body = Encoding.UTF8.GetBytes(body),
        Complete = complete,
        RetryAfter = retryAfter,
        RequestedAt = Now,
    };

    public static string Http(int status, string body, string headers = "") =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

    public static FakeTimeProvider FakeTime() => new(Now);
}
