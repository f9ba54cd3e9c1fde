namespace TokenGateway.Tokens;

/// <summary>How a credential's token is sent to an API, and by which responses besides a 401 the API says that it is dead.</summary>
public sealed record TokenDelivery
{
    /// <summary>The header that carries the token (setting <c>Header</c>). Default: <c>Authorization</c>.</summary>
    public string Header { get; init; } = "Authorization";

    /// <summary>What stands before the token, with a space between (setting <c>Scheme</c>); empty for the token alone. Default: <c>Bearer</c>.</summary>
    public string Scheme { get; init; } = "Bearer";

    /// <summary>The longest body, in bytes, that may be kept for sending a request again (setting <c>ReplayBodyLimit</c>). Default: 65,536.</summary>
    public int ReplayBodyLimit { get; init; } = 65536;

    /// <summary>Responses that count like a 401 (setting <c>ExpiredResponses</c>). Default: none.</summary>
    public IReadOnlyList<ExpiredResponse> ExpiredResponses { get; init; } = [];
}

/// <summary>A response by which an API says that the access token is dead. What is null is not looked at; the rest must all hold.</summary>
public sealed record ExpiredResponse
{
    /// <summary>The HTTP status, 200 to 599.</summary>
    public int? Status { get; init; }

    /// <summary>What the first 4 KiB of the body contain, to the letter.</summary>
    public string? Contains { get; init; }

    /// <summary>What the header <c>Location</c> contains, to the letter.</summary>
    public string? Location { get; init; }

    /// <summary>The <c>grpc-status</c>, 1 to 16, of a call that ended before its first message.</summary>
    public int? GrpcStatus { get; init; }
}
