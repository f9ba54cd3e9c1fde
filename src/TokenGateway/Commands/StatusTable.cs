using System.Globalization;
using Spectre.Console;
using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary>Credentials as a table: coloured and framed for a terminal, plain columns where it is piped.</summary>
internal static class StatusTable
{
    /// <summary>Piped lines are not folded: a program reads them.</summary>
    private const int Unfolded = 1000;

    /// <summary>What stands beside a cell's text: two blanks and a line.</summary>
    private const int Frame = 3;

    /// <summary>The most important first: what a terminal has no room for is left out from the end.</summary>
    private static readonly string[] Columns = ["NAME", "SERVES", "STATE", "ACCESS EXPIRES", "NEXT ROTATION", "GENERATION", "LAST ROTATION", "VALIDATION", "REFRESH EXPIRES", "GRANT"];

    public static void Write(IReadOnlyList<CredentialDocument> credentials, DateTimeOffset now, CommandOutput output)
    {
        var console = Console(output);
        var table = new Table { Border = output.IsTerminal ? TableBorder.Rounded : TableBorder.None, ShowHeaders = true };
        var rows = credentials.Select(credential => Cells(credential, now).ToArray()).ToList();
        var shown = Fitting(rows, console.Profile.Width);
        foreach (var column in Columns.Take(shown))
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Take(shown));
        }

        console.Write(table);
        if (shown < Columns.Length)
        {
            output.Out.WriteLine($"No room for: {string.Join(", ", Columns.Skip(shown))}");
        }

        foreach (var credential in credentials.Where(StatusGrades.NeedsALook))
        {
            output.Out.WriteLine($"{credential.Name}: {credential.Problem ?? "no usable access token"}");
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
        console.Profile.Width = output.Width ?? (output.IsTerminal ? console.Profile.Width : Unfolded);
        return console;
    }

    /// <summary>How many columns fit, but never less than the name, whether it serves, and the state.</summary>
    private static int Fitting(List<Text[]> rows, int width)
    {
        var left = width - 1;
        var fitting = Columns.TakeWhile((column, index) => (left -= rows.Select(row => row[index].Length).Append(column.Length).Max() + Frame) >= 0).Count();
        return Math.Max(3, fitting);
    }

    private static IEnumerable<Text> Cells(CredentialDocument credential, DateTimeOffset now)
    {
        yield return new Text(credential.Name);
        yield return new Text(credential.Usable ? "yes" : "no", Style(credential));
        yield return new Text(credential.State, Style(credential));
        yield return new Text(Left(credential.AccessTokenExpiresAt, now));
        yield return new Text(Left(credential.NextRotationAt, now));
        yield return new Text(credential.Generation.ToString(CultureInfo.InvariantCulture));
        yield return new Text(credential.LastRotation is { } last ? $"{last.Outcome} {Span(now - last.At)} ago by {last.By}" : "-");
        yield return new Text(credential.LastValidation is { } validation ? $"{validation.Verdict} {Span(now - validation.At)} ago" : "-");
        yield return new Text(Left(credential.RefreshTokenExpiresAt, now));
        yield return new Text(credential.Grant);
    }

    private static Style Style(CredentialDocument credential) => StatusGrades.GradeOf(credential) switch
    {
        StatusGrade.Refused => new Style(Color.Red, decoration: Decoration.Bold),
        <= StatusGrade.WithAProblem => new Style(Color.Yellow),
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
