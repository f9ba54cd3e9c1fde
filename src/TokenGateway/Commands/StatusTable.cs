using System.Globalization;
using Spectre.Console;
using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary>Credentials as a table: coloured and framed for a terminal, plain columns where it is piped.</summary>
internal static class StatusTable
{
    /// <summary>Piped lines are not folded: a program reads them.</summary>
    private const int Unfolded = 1000;

    private static readonly string[] Columns = ["NAME", "STATE", "GENERATION", "ACCESS EXPIRES", "REFRESH EXPIRES", "NEXT ROTATION", "LAST ROTATION", "VALIDATION", "GRANT"];

    public static void Write(IReadOnlyList<CredentialDocument> credentials, DateTimeOffset now, CommandOutput output)
    {
        var console = Console(output);
        var table = new Table { Border = output.IsTerminal ? TableBorder.Rounded : TableBorder.None, ShowHeaders = true };
        foreach (var column in Columns)
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true });
        }

        foreach (var credential in credentials)
        {
            table.AddRow([.. Cells(credential, now)]);
        }

        console.Write(table);
        foreach (var credential in credentials.Where(credential => credential.Problem is not null || credential.State != "active"))
        {
            output.Out.WriteLine($"{credential.Name}: {credential.Problem}".TrimEnd());
            output.Out.WriteLine($"  {credential.Action}");
        }
    }

    private static IAnsiConsole Console(CommandOutput output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output.Out),
            Ansi = output.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = output.IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!output.IsTerminal)
        {
            console.Profile.Width = Unfolded;
        }

        return console;
    }

    private static IEnumerable<Text> Cells(CredentialDocument credential, DateTimeOffset now)
    {
        yield return new Text(credential.Name);
        yield return new Text(credential.State, Style(credential));
        yield return new Text(credential.Generation.ToString(CultureInfo.InvariantCulture));
        yield return new Text(Left(credential.AccessTokenExpiresAt, now));
        yield return new Text(Left(credential.RefreshTokenExpiresAt, now));
        yield return new Text(Left(credential.NextRotationAt, now));
        yield return new Text(credential.LastRotation is { } last ? $"{last.Outcome} {Span(now - last.At)} ago by {last.By}" : "-");
        yield return new Text(credential.LastValidation is { } validation ? $"{validation.Verdict} {Span(now - validation.At)} ago" : "-");
        yield return new Text(credential.Grant);
    }

    private static Style Style(CredentialDocument credential) => credential switch
    {
        { Usable: false } => new Style(Color.Red, decoration: Decoration.Bold),
        { Problem: not null } or { State: "in_doubt" } => new Style(Color.Yellow),
        _ => new Style(Color.Green),
    };

    private static string Left(DateTimeOffset? at, DateTimeOffset now) =>
        at is not { } moment ? "-" : moment <= now ? "now" : $"in {Span(moment - now)}";

    /// <summary>The two largest units.</summary>
    private static string Span(TimeSpan span) => span switch
    {
        _ when span < TimeSpan.FromMinutes(1) => $"{Math.Max(0, (int)span.TotalSeconds)}s",
        _ when span < TimeSpan.FromHours(1) => $"{(int)span.TotalMinutes}m{span.Seconds:00}s",
        _ when span < TimeSpan.FromDays(1) => $"{(int)span.TotalHours}h{span.Minutes:00}m",
        _ => $"{(int)span.TotalDays}d{span.Hours:00}h",
    };
}
