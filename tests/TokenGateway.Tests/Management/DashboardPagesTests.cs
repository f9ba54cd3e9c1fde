using System.Net;
using System.Text.RegularExpressions;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Management;

/// <summary>The dashboard as files: from this gateway alone, and for everybody, since nothing of it is secret.</summary>
public sealed partial class DashboardPagesTests
{
    [Fact]
    public async Task Page_and_its_files_need_no_key_and_allow_nothing_from_elsewhere_and_nothing_inline()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        var page = await gateway.Management.GetStringAsync("");
        string[] files = [.. Reference().Matches(page).Select(match => match.Groups["path"].Value).Where(path => path is not ("data:," or "#credentials"))];

        Assert.Equal(["/dashboard/dashboard.css", "/dashboard/app.js"], files);
        Assert.DoesNotMatch(Inline(), page);
        foreach (var path in files.Append("/").Append("/dashboard/api.js"))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = "gateway.example"; // As from elsewhere, without a key.
            using var answer = await gateway.Management.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal(
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.DoesNotContain("://", (await answer.Content.ReadAsStringAsync()).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Page_that_is_known_already_is_not_sent_again_and_HEAD_has_no_body()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var first = await gateway.Management.GetAsync("");
        using var again = new HttpRequestMessage(HttpMethod.Get, "");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var known = await gateway.Management.SendAsync(again);
        using var head = await gateway.Management.SendAsync(new HttpRequestMessage(HttpMethod.Head, ""));

        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal((HttpStatusCode.OK, first.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal("", await head.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("(?:src|href)=\"(?<path>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();

    [GeneratedRegex("<style|<script(?![^>]* src=)| style=| on[a-z]+=", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inline();
}
