namespace TokenGateway.Commands;

/// <summary>Where a command speaks to its user, and listens.</summary>
internal sealed record CommandOutput(TextWriter Out, TextWriter Error)
{
    public static CommandOutput Console { get; } = new(System.Console.Out, System.Console.Error)
    {
        In = System.Console.In,
        IsTerminal = !System.Console.IsOutputRedirected,
    };

    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>True where a person watches; what is piped is plain.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>How many characters a line may have; null asks the terminal.</summary>
    public int? Width { get; init; }

    public int Fail(string problem, int exitCode) => Fail([problem], exitCode);

    /// <summary>Each problem on a line of its own.</summary>
    public int Fail(IReadOnlyList<string> problems, int exitCode)
    {
        foreach (var problem in problems)
        {
            Error.WriteLine(problem);
        }

        return exitCode;
    }
}
