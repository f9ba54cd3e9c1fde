using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Tests.Validation;

public sealed class BearerChallengeTests
{
    [Theory]
    [InlineData("Bearer error=\"invalid_token\"", true)]
    [InlineData("Bearer realm=\"plum\", error=\"invalid_token\", error_description=\"The access token expired, or was revoked\"", true)]
    [InlineData("bearer Error=invalid_token", true)]
    [InlineData("Basic realm=\"old\", Bearer realm=\"plum\", error=\"invalid_token\"", true)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer realm=\"plum\"", false)]
    [InlineData("Bearer error=\"insufficient_scope\"", false)]
    [InlineData("Bearer error_description=\"invalid_token\"", false)]
    [InlineData("Basic error=\"invalid_token\"", false)]
    [InlineData("", false)]
    public void Only_a_Bearer_challenge_with_invalid_token_calls_a_token_dead(string header, bool dead)
    {
        using var answer = new HttpResponseMessage();
        answer.Headers.TryAddWithoutValidation("WWW-Authenticate", header);

        Assert.Equal(dead, BearerChallenge.SaysInvalidToken(answer.Headers.WwwAuthenticate));
    }
}
