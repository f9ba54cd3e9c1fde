namespace TokenGateway.Simulator.Control;

/// <summary>An exception's message for a person: one line, without the name of a parameter that is none of theirs.</summary>
internal static class OneLine
{
    public static string Of(Exception exception) => exception.Message.Split(" (Parameter '")[0].ReplaceLineEndings(" ");
}
