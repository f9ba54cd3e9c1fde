using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PublicApiGenerator;
using TokenGateway.Testing;

namespace TokenGateway.Tokens.Tests;

/// <summary>What holds for every type and source file of the engine, so that a review need not look for it.</summary>
public sealed class ConventionTests
{
    private static readonly Assembly Engine = typeof(ITokenManager).Assembly;

    private static IEnumerable<Type> Types => Engine.GetTypes().Where(type =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && !type.Name.Contains('<', StringComparison.Ordinal)
        && type.Namespace?.StartsWith("TokenGateway", StringComparison.Ordinal) == true);

    [Fact]
    public void A_class_is_sealed_unless_it_is_made_to_be_derived_from() =>
        AssertNone(Types.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false }).Select(type => type.FullName!));

    [Fact]
    public void A_method_that_is_awaited_ends_in_Async() => AssertNone(
        from type in Types
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where IsAwaitable(method.ReturnType) && !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal)
        where !method.Name.EndsWith("Async", StringComparison.Ordinal)
        select $"{type.FullName}.{method.Name}");

    /// <summary>But for the one place where work that waits for a disk may leave the caller's thread; a simulation's disks have none of it.</summary>
    [Theory]
    [InlineData("ConfigureAwait(false)")]
    [InlineData("Task.Run(")]
    [InlineData("Task.Factory")]
    [InlineData("ThreadPool.")]
    [InlineData("new Thread(")]
    public void The_engine_keeps_the_callers_scheduler(string forbidden) => AssertNone(
        Directory.EnumerateFiles(RepositoryFile.PathOf("src/TokenGateway.Tokens"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains(forbidden, StringComparison.Ordinal))
            .Where(file => (Path.GetFileName(file), forbidden) != ("DiskWork.cs", "Task.Run(")));

    /// <summary>The SDK's generator sorts them by namespace and name alone, and leaves what is alike in an order of chance: no build would be like the other (dotnet/runtime#119587).</summary>
    [Fact]
    public void Classes_of_log_messages_have_names_of_their_own() => AssertNone(
        Types.Where(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).Any(method => method.IsDefined(typeof(LoggerMessageAttribute), inherit: false)))
            .GroupBy(type => (type.Namespace, type.Name))
            .Where(alike => alike.Count() > 1)
            .Select(alike => alike.Key.ToString()));

    [Fact]
    public async Task The_public_API_is_as_recorded()
    {
        var recorded = RepositoryFile.PathOf("tests/TokenGateway.Tokens.Tests/PublicApi.txt");
        var actual = Engine.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (actual == await File.ReadAllTextAsync(recorded))
        {
            return;
        }

        var received = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        await File.WriteAllTextAsync(received, actual);
        Assert.Fail($"The public API of TokenGateway.Tokens is another one than recorded. If that is meant, accept it: cp '{received}' '{recorded}', and commit the difference.");
    }

    private static bool IsAwaitable(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return definition == typeof(Task) || definition == typeof(Task<>) || definition == typeof(ValueTask) || definition == typeof(ValueTask<>);
    }

    private static void AssertNone(IEnumerable<string> offenders) => Assert.Equal([], offenders.Order(StringComparer.Ordinal));
}
