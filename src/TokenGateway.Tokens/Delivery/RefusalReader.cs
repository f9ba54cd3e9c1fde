using System.Globalization;
using System.Net;
using System.Text;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Delivery;

/// <summary>
/// Whether a response refuses the access token that its request carried: a 401, or one of the credential's <c>ExpiredResponses</c>.
/// </summary>
internal static class RefusalReader
{
    private const string EventStream = "text/event-stream";
    private const string Grpc = "application/grpc";

    /// <summary>
    /// True where a closer look is needed; decides on status and headers alone, so that everything else passes untouched.
    /// </summary>
    public static bool MayRefuse(HttpResponseMessage response, TokenDelivery delivery)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return true;
        }

        for (var i = 0; i < delivery.ExpiredResponses.Count; i++)
        {
            if (HeadMatches(delivery.ExpiredResponses[i], response))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// How the response refuses the token; null where it does not. Where a pattern for this status looks into the body, the response's
    /// content is replaced by one that is read from the beginning again.
    /// </summary>
    /// <param name="response">As received; nothing of its body has been read.</param>
    /// <param name="delivery">The credential's.</param>
    /// <param name="time">Bounds the waiting for the body's beginning (<see cref="PeekedStream.Longest"/>).</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public static async ValueTask<TokenRefusal?> ReadAsync(
        HttpResponseMessage response, TokenDelivery delivery, TimeProvider time, CancellationToken cancellationToken)
    {
        var isUnauthorized = response.StatusCode == HttpStatusCode.Unauthorized;
        if (isUnauthorized && BearerChallenge.SaysInvalidToken(response))
        {
            return TokenRefusal.InvalidToken;
        }

        var matching = delivery.ExpiredResponses.Where(expected => HeadMatches(expected, response)).ToList();
        return matching.Exists(expected => expected.Contains is null)
            || (matching.Count > 0 && !IsStream(response) && await BodyMatchesAsync(response, matching, time, cancellationToken))
            ? TokenRefusal.InvalidToken
            : isUnauthorized ? TokenRefusal.Unexplained : null;
    }

    private static bool HeadMatches(ExpiredResponse expected, HttpResponseMessage response) =>
        (expected.Status is not { } status || (int)response.StatusCode == status)
        && (expected.Location is not { } location || Header(response, "Location")?.Contains(location, StringComparison.Ordinal) == true)
        && (expected.GrpcStatus is not { } grpc || Header(response, "grpc-status") == grpc.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// A call or a stream of events may be silent for as long as it likes, and says what is wrong elsewhere than in its first messages.
    /// </summary>
    private static bool IsStream(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) && values.ToString() is var type
        && (type.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) || type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase));

    private static async Task<bool> BodyMatchesAsync(
        HttpResponseMessage response, List<ExpiredResponse> matching, TimeProvider time, CancellationToken cancellationToken)
    {
        var content = response.Content;
        var peeked = new PeekedStream(await content.ReadAsStreamAsync(cancellationToken));
        var again = new StreamContent(peeked);
        foreach (var header in content.Headers.NonValidated)
        {
            again.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        response.Content = again;
        await peeked.FillAsync(time, cancellationToken);
        var encoding = content.Headers.NonValidated.TryGetValues("Content-Encoding", out var codings) ? codings.ToString() : "";
        var text = ContentDecoding.Decode(peeked.Beginning, encoding);
        return matching.Exists(expected => text.Span.IndexOf(Encoding.UTF8.GetBytes(expected.Contains!)) >= 0);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
