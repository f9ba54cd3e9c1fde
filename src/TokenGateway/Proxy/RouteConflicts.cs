using Microsoft.AspNetCore.Routing.Patterns;
using Yarp.ReverseProxy.Configuration;

namespace TokenGateway.Proxy;

/// <summary>Routes that match the same requests with nothing to choose by: routing then answers each of those with 500.</summary>
internal static class RouteConflicts
{
    /// <summary>YARP's own pattern of a route that names no path.</summary>
    private const string AnyPath = "/{**catchall}";

    /// <returns>One sentence for each route that comes second.</returns>
    public static IEnumerable<string> Find(string section, IReadOnlyList<RouteConfig> routes)
    {
        foreach (var alike in routes.Where(route => route.Match is not null).GroupBy(route => (route.Order ?? 0, PatternOf(route))))
        {
            var earlier = new List<RouteConfig>();
            foreach (var route in alike)
            {
                if (earlier.Find(other => Overlap(other.Match, route.Match)) is { } first)
                {
                    yield return $"{section}:Routes:{route.RouteId}:Match is met by the same requests as that of the route '{first.RouteId}', "
                        + "and each of them would be answered 500; make one of them narrower, or give it an Order";
                }

                earlier.Add(route);
            }
        }
    }

    /// <summary>The path without what does not tell two apart: the names of its parameters, and case.</summary>
    private static string PatternOf(RouteConfig route)
    {
        try
        {
            var pattern = RoutePatternFactory.Parse(string.IsNullOrEmpty(route.Match.Path) ? AnyPath : route.Match.Path);
            return string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(PartOf))));
        }
        catch (RoutePatternException)
        {
            return $"?{route.RouteId}"; // YARP's own check names it.
        }
    }

    private static string PartOf(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content.ToUpperInvariant(),
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter =>
            $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Join(',', parameter.ParameterPolicies.Select(policy => policy.Content))}}}",
        _ => "",
    };

    /// <summary>
    /// A route that names hosts, methods or headers comes before one that names none; two that do are told apart by what they name.
    /// </summary>
    private static bool Overlap(RouteMatch a, RouteMatch b) =>
        Share(a.Hosts, b.Hosts) && Share(a.Methods, b.Methods)
        && AreEqual(a.Headers, b.Headers) && AreEqual(a.QueryParameters, b.QueryParameters);

    private static bool Share(IReadOnlyList<string>? a, IReadOnlyList<string>? b) =>
        a is not { Count: > 0 } ? b is not { Count: > 0 }
            : b is not null && a.Intersect(b, StringComparer.OrdinalIgnoreCase).Any();

    private static bool AreEqual<T>(IReadOnlyList<T>? a, IReadOnlyList<T>? b) => new HashSet<T>(a ?? []).SetEquals(b ?? []);
}
