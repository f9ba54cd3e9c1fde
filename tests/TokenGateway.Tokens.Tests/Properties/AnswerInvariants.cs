using System.Text;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Tests.Endpoint;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>What holds for the reading of any answer whatever.</summary>
internal static class AnswerInvariants
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LongestOfRefreshToken = TimeSpan.FromDays(36500);

    /// <summary>Reads the answer and sees to it that nothing leaks, nothing unclean gets through and no expiry is out of this world.</summary>
    public static TokenEndpointResult Read(RawAnswer answer, CredentialSettings settings)
    {
        var result = TokenAnswer.Read(answer, settings);
        if (result is TokenEndpointResult.Granted { Grant: var grant })
        {
            Assert.InRange(answer.Status, 200, 299);
            Assert.False(grant.AccessToken is null && grant.RefreshToken is null, "Granted nothing.");
            Assert.All(grant.AccessToken?.Reveal() ?? "", c => Assert.InRange(c, '!', '~'));
            Assert.All(grant.RefreshToken?.Reveal() ?? "", c => Assert.InRange(c, ' ', '~'));
            AssertLife(answer.RequestedAt, grant.AccessTokenExpiresAt, Longest);
            AssertLife(answer.RequestedAt, grant.RefreshTokenExpiresAt, LongestOfRefreshToken);
        }
        else
        {
            // Codes only: words of a closed set, or what a credential lists.
            Assert.Matches("^(Refused|Rejected|InDoubt) \\{ (Code|Reason) = [a-z0-9_.-]{1,64}[^\\n]{0,40}\\}$", result.ToString());
        }

        return result;
    }

    /// <summary>An answer with that body.</summary>
    public static RawAnswer Answer(int status, ReadOnlySpan<byte> body, bool complete = true) => new()
    {
        Status = status,
        Body = body.ToArray(),
        Complete = complete,
        RequestedAt = TestProvider.Now,
    };

    /// <summary>No word of the result, of its log or of its answer shows a token.</summary>
    public static void AssertHidden(DressedGrant dressed, RawAnswer answer, TokenEndpointResult result)
    {
        var shown = new StringBuilder().Append(result).Append(answer).Append(new TokenExchange.Answered(answer)).ToString();
        Assert.DoesNotContain(dressed.Access, shown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(dressed.Refresh ?? dressed.Access, shown, StringComparison.OrdinalIgnoreCase);
    }

    private static void AssertLife(DateTimeOffset from, DateTimeOffset? until, TimeSpan longest)
    {
        if (until is { } end)
        {
            Assert.InRange(end - from, TimeSpan.FromTicks(1), longest);
        }
    }
}
