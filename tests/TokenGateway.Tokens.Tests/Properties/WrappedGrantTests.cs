using System.Text;
using CsCheck;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Tests.Endpoint;
using Xunit.Abstractions;
using static TokenGateway.Tokens.Tests.Properties.AnswerInvariants;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>
/// A grant in whatever object, under whatever names, packed and cut in whatever way, is recovered or not understood: it is never lost for a
/// verdict.
/// </summary>
public sealed class WrappedGrantTests(ITestOutputHelper output)
{
    private readonly Property _property = new(output);

    [Fact]
    public void Whole_grant_is_recovered_with_exactly_its_tokens() =>
        _property.Holds(WrappedGrant.Any, sample =>
        {
            var result = Read(sample.Answer, sample.Settings);

            if (!sample.MayBeAmbiguous || result is not TokenEndpointResult.InDoubt)
            {
                AssertGranted(sample.Inner.Access, sample.Inner.Refresh, result);
            }

            AssertHidden(sample.Inner, sample.Answer, result);
        });

    [Fact]
    public void Grant_that_breaks_off_anywhere_is_recovered_or_in_doubt() =>
        _property.Holds(Gen.Select(WrappedGrant.Any, Gen.Double.Unit, Gen.Bool), sample =>
        {
            var (wrapped, share, complete) = sample;
            var whole = wrapped.Answer;
            var length = (int)(share * whole.Body.Length);

            var result = Read(whole with { Body = whole.Body[..length], Complete = complete }, wrapped.Settings);

            if (result is TokenEndpointResult.Granted { Grant: var grant })
            {
                // Before the pair's own refresh token there may have been another object that looks like a grant.
                Assert.NotNull(grant.RefreshToken);
                Assert.True(wrapped.MayBeAmbiguous || grant.RefreshToken.Reveal() == wrapped.Inner.Refresh);
            }
            else
            {
                Assert.IsType<TokenEndpointResult.InDoubt>(result);
            }
        }, sample => $"{sample.Item1}, {sample.Item2:R}, {sample.Item3}");

    [Fact]
    public void Grant_that_breaks_off_after_its_refresh_token_is_recovered_where_the_text_stands_in_the_body_as_it_is() =>
        _property.Holds(Gen.Select(WrappedGrant.Any, Gen.Double.Unit), sample =>
        {
            var (wrapped, share) = sample;
            var text = Encoding.UTF8.GetBytes(wrapped.Text);
            var length = wrapped.RefreshEnd + (int)(share * (text.Length - wrapped.RefreshEnd));

            var result = Read(Answer(200, text.AsSpan(0, length), complete: false), wrapped.Settings);

            if (!wrapped.MayBeAmbiguous || result is not TokenEndpointResult.InDoubt)
            {
                Assert.Equal(wrapped.Inner.Refresh, Assert.IsType<TokenEndpointResult.Granted>(result).Grant.RefreshToken?.Reveal());
            }
        }, sample => $"{sample.Item1}, {sample.Item2:R}");

    [Fact]
    public void Form_is_recovered_once_its_refresh_token_is_followed_by_something_or_its_end_is_known() =>
        _property.Holds(Gen.Select(DressedGrant.PlainPair, Gen.OneOf(PackedBody.Ways), Gen.Double.Unit, Gen.Bool), sample =>
        {
            var (pair, way, share, last) = sample;
            var begin = $"scope=&access_token={Uri.EscapeDataString(pair.Access)}&refresh_token={Uri.EscapeDataString(pair.Refresh!)}";
            var text = begin + (last ? "" : "&expires_in=3600&token_type=bearer");

            AssertGranted(pair.Access, pair.Refresh, Read(PackedBody.Answer(text, way), TestProvider.Settings()));

            var length = (int)(share * text.Length);
            var cut = Read(Answer(200, Encoding.ASCII.GetBytes(text[..length]), complete: false), TestProvider.Settings());
            if (length > begin.Length)
            {
                AssertGranted(pair.Access, pair.Refresh, cut);
            }
            else
            {
                Assert.IsType<TokenEndpointResult.InDoubt>(cut);
            }
        }, sample => $"{sample.Item1}, {sample.Item2}, {sample.Item3:R}, {sample.Item4}");

    private static void AssertGranted(string? access, string? refresh, TokenEndpointResult result)
    {
        var grant = Assert.IsType<TokenEndpointResult.Granted>(result).Grant;
        Assert.Equal((access, refresh), (grant.AccessToken?.Reveal(), grant.RefreshToken?.Reveal()));
    }
}
