using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using TokenGateway.Tokens.Rotation;

namespace TokenGateway.Tokens.Validation;

/// <summary>The last verdict on a token, shared by the fleet, so that a token is validated once and not once per replica.</summary>
internal sealed class VerdictCache(IDistributedCache cache)
{
    /// <summary>
    /// The fleet's verdict if it was given at <paramref name="since"/> or later, and not later than <paramref name="now"/>; where a 401 asked for
    /// it, at <paramref name="refusalsSince"/> or later. A cache that is away has none.
    /// </summary>
    public async Task<SharedVerdict?> GetAsync(
        string credential, Secret accessToken, DateTimeOffset since, DateTimeOffset refusalsSince, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var entry = await cache.GetAsync(KeyOf(credential, accessToken), cancellationToken);
            return entry is not null && Parse(entry) is { } shared && shared.At >= (shared.OnRefusal ? refusalsSince : since)
                && !ClockStep.IsToCome(shared.At, now) ? shared : null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return null; // The verdict is then asked for again: more calls, never a wrong answer.
        }
    }

    /// <summary>Shares a verdict for <paramref name="lifetime"/>. A failure costs other replicas a call, nothing else.</summary>
    public async Task SetAsync(string credential, Secret accessToken, SharedVerdict verdict, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        try
        {
            var entry = Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)verdict.Verdict} {verdict.At.ToUnixTimeMilliseconds()} {verdict.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0} {(verdict.OnRefusal ? 1 : 0)} {verdict.By}"));
            await cache.SetAsync(
                KeyOf(credential, accessToken), entry, new() { AbsoluteExpirationRelativeToNow = lifetime }, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // As above.
        }
    }

    private static SharedVerdict? Parse(byte[] entry)
    {
        var parts = Encoding.ASCII.GetString(entry).Split(' ', 5);
        return parts.Length == 5
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var verdict) && verdict is >= 0 and <= 2
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            ? new SharedVerdict(
                (ValidationVerdict)verdict,
                DateTimeOffset.FromUnixTimeMilliseconds(at),
                expires == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(expires),
                parts[4],
                OnRefusal: parts[3] == "1")
            : null;
    }

    private static string KeyOf(string credential, Secret accessToken) =>
        $"verdict:{credential}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(accessToken.Reveal())).AsSpan(0, 16))}";
}

/// <summary>
/// A verdict, when it was asked for, the expiry that came with it, who asked, whether because of a 401, and, for that replica only, why it is
/// not valid.
/// </summary>
internal sealed record SharedVerdict(
    ValidationVerdict Verdict, DateTimeOffset At, DateTimeOffset? ExpiresAt, string By, bool OnRefusal, string? Reason = null);
