using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Tests.Validation;

public sealed class BearerChallengeTests
{
    [Theory]
    [InlineData("Bearer error=\"invalid_token\"", true)]
    [InlineData("Bearer realm=\"plum\", error=\"invalid_token\", error_description=\"The access token expired, or was revoked\"", true)]
    [InlineData("bearer Error=invalid_token", true)]
    [InlineData("Basic realm=\"old\", Bearer realm=\"plum\", error=\"invalid_token\"", true)]
    [InlineData("Bearer error=\"invalid_token\" error_description=\"Access token is expired\"", true)]
    [InlineData("Bearer, error=\"invalid_token\"", true)]
    [InlineData("Bearer,realm=\"a, b\",error = \"invalid_token\"", true)]
    [InlineData("Bearer realm=\"say \\\"error=\\\", \" error='invalid_token'", true)]
    [InlineData("Bearer error_description=The access token expired, error=\"invalid_token\"", true)]
    [InlineData("Bearer realm=\"x\", error=\"token_expired\"", true)]
    [InlineData("Bearer error=\"expired_token\"; scope=\"a\"", true)]
    [InlineData("Negotiate YWJj==, DPoP algs=\"ES256\", error=\"invalid_token\"", true)]
    [InlineData("OAuth \"Facebook Platform\" \"invalid_token\" \"Session has expired\"", true)]
    [InlineData("error=\"invalid_token\"", true)]
    [InlineData("Bearer error=\"invalid_token", true)]
    [InlineData("Bearer error=\"insufficient_scope\", error_description=\"not error=\\\"invalid_token\\\", but\"", false)]
    [InlineData("Bearer realm=\"error=invalid_token\"", false)]
    [InlineData("Basic realm=\"x\" error=\"invalid_token\"", false)]
    [InlineData("Bearer , ,=,\"\\", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer realm=\"plum\"", false)]
    [InlineData("Bearer error=\"insufficient_scope\"", false)]
    [InlineData("Bearer error_description=\"invalid_token\"", false)]
    [InlineData("Basic error=\"invalid_token\"", false)]
    [InlineData("", false)]
    public void Only_a_challenge_that_names_the_token_calls_it_dead(string header, bool dead)
    {
        using var answer = new HttpResponseMessage();
        answer.Headers.TryAddWithoutValidation("WWW-Authenticate", header);

        Assert.Equal(dead, BearerChallenge.SaysInvalidToken(answer));
    }

    [Fact]
    public void Challenges_are_read_from_every_header()
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", ["Basic realm=\"old\"", "Bearer realm=\"plum\"", "error=\"invalid_token\""]);

        Assert.True(BearerChallenge.SaysInvalidToken(response));
    }
}
