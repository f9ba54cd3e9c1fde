using TokenGateway.Simulator.Faults;

namespace TokenGateway.Simulator.Control;

/// <summary>A fault as JSON: <c>{"kind": "drop", "when": "after"}</c>.</summary>
internal static class FaultDocument
{
    /// <exception cref="FormatException">The kind is unknown, or a member that it needs is missing or of the wrong kind.</exception>
    public static Fault Read(ControlBody body)
    {
        var after = body.Text("when") switch
        {
            null or "before" => false,
            "after" => true,
            _ => throw new FormatException("when must be before or after"),
        };
        return body.Text("kind") switch
        {
            "drop" => new Fault.Drop(after),
            "truncate" => new Fault.Truncate(Needed(body.Number("bytes"), "truncate needs bytes")),
            "status" => new Fault.Status(Needed(body.Number("status"), "status needs status"), after, body.Duration("retryAfter"), body.Text("body")),
            "html" => new Fault.Html(after),
            "redirect" => new Fault.Redirect(body.Text("location") ?? throw new FormatException("redirect needs location")),
            "malformed-json" => new Fault.MalformedJson(),
            "missing-refresh-token" => new Fault.MissingRefreshToken(body.Truth("oldOneStays") ?? true),
            "expiry" => new Fault.Expiry(body.Raw("expiresIn")?.GetRawText()),
            "delay" => new Fault.Delay(Needed(body.Duration("for"), "delay needs for")),
            "hang" => new Fault.Hang(after),
            _ => throw new FormatException(
                "kind must be drop, truncate, status, html, redirect, malformed-json, missing-refresh-token, expiry, delay or hang"),
        };
    }

    private static T Needed<T>(T? value, string error) where T : struct => value ?? throw new FormatException(error);
}
