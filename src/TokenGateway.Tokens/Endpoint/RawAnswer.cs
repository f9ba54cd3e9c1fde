namespace TokenGateway.Tokens.Endpoint;

/// <summary>What the token endpoint answered, before anything is made of it, so that it can be kept first and read second.</summary>
internal sealed record RawAnswer
{
    private const int LongestMediaType = 80;

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The value of <c>Content-Type</c> as it was sent; null where there was none.</summary>
    public string? ContentType { get; init; }

    /// <summary>
    /// The value of <c>Content-Encoding</c> as it was sent; null where there was none. <see cref="Body"/> is still encoded in it.
    /// </summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The body as received, at most <see cref="AnswerBody.Limit"/> bytes. Holds tokens: it goes nowhere unencrypted.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>False when the connection broke, the time ran out or the limit was reached before the body's end.</summary>
    public required bool Complete { get; init; }

    /// <summary>True when nothing but the end of the connection ends the body, so that a cut cannot be told from an end.</summary>
    public bool EndsWithConnection { get; init; }

    /// <summary>What <c>Retry-After</c> asked for, counted from the answer; never negative.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The wall clock before the request was sent: lifetimes count from here, so that they never come out too long.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>True for a page, which no token endpoint sends: by its content type or its first character.</summary>
    public bool IsHtml => Body.Span.TrimStart(" \t\r\n\uFEFF"u8) switch
    {
        // Some servers call their JSON a page.
        [(byte)'{' or (byte)'[', ..] => false,
        [(byte)'<', ..] => true,
        _ => ContentType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true,
    };

    /// <summary>The status, the content type and the size; never the body.</summary>
    public override string ToString() => $"{Status} ({MediaType}, {Body.Length} bytes{(Complete ? "" : ", incomplete")})";

    /// <summary>The content type without parameters, as far as it is made of what a media type is made of (RFC 9110 §8.3.1): it may be shown then.</summary>
    private string MediaType => ContentType is { } type && type.Split(';')[0].Trim() is { Length: > 0 and <= LongestMediaType } name && name.All(IsMediaTypeCharacter) ? name : "no content type";

    private static bool IsMediaTypeCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '+' or '-' or '_';
}
