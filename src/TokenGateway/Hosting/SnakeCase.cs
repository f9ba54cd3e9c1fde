using System.Text.Json;

namespace TokenGateway.Hosting;

/// <summary>How enum values are spelled for programs: <c>InDoubt</c> as <c>in_doubt</c>.</summary>
internal static class SnakeCase
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
