using TokenGateway.Tokens;
using TokenGateway.Tokens.Delivery;
using TokenGateway.Tokens.Telemetry;
using Yarp.ReverseProxy.Transforms.Builder;

namespace TokenGateway.Proxy;

/// <summary>Makes <c>{ "BearerToken": "plum" }</c>, with a <c>Header</c> and a <c>Scheme</c> of the route's own if it needs them, a transform of YARP's, checked with the rest of its configuration at start and on every reload.</summary>
internal sealed class BearerTokenTransformFactory(KnownCredentials credentials) : ITransformFactory
{
    public const string Key = "BearerToken";

    private const string HeaderKey = "Header";
    private const string SchemeKey = "Scheme";

    public bool Validate(TransformRouteValidationContext context, IReadOnlyDictionary<string, string> transformValues)
    {
        if (!transformValues.TryGetValue(Key, out var credential))
        {
            return false;
        }

        TransformHelpers.TryCheckTooManyParameters(context, transformValues, expected: 1 + (transformValues.ContainsKey(HeaderKey) ? 1 : 0) + (transformValues.ContainsKey(SchemeKey) ? 1 : 0));
        CheckDelivery(context, transformValues);
        if (!credentials.Contains(credential ?? ""))
        {
            context.Errors.Add(new InvalidOperationException(
                $"Route '{context.Route.RouteId}': the transform {Key} names the credential '{credential}', which is not configured{credentials.Hint(credential)} Known credentials: {credentials}."));
        }

        if (context.Route.Transforms!.Count(transform => transform.ContainsKey(Key)) > 1)
        {
            context.Errors.Add(new InvalidOperationException($"Route '{context.Route.RouteId}': more than one {Key} transform; a request carries one token, so keep one."));
        }

        return true;
    }

    public bool Build(TransformBuilderContext context, IReadOnlyDictionary<string, string> transformValues)
    {
        if (!transformValues.TryGetValue(Key, out var credential))
        {
            return false;
        }

        var tokens = context.Services.GetRequiredService<ITokenManager>();
        var route = new RouteToken(credential, transformValues.GetValueOrDefault(HeaderKey)?.Trim(), transformValues.GetValueOrDefault(SchemeKey)?.Trim(), tokens);
        context.RequestTransforms.Add(new BearerTokenTransform(
            route,
            tokens,
            context.Services.GetRequiredService<TokenMetrics>(),
            context.Services.GetRequiredService<ILogger<BearerTokenTransform>>()));
        context.ResponseTransforms.Add(new UnauthorizedTransform(
            route,
            tokens,
            context.Services.GetRequiredService<TokenMetrics>(),
            context.Services.GetRequiredService<TimeProvider>(),
            context.Services.GetRequiredService<ILogger<UnauthorizedTransform>>()));
        return true;
    }

    private static void CheckDelivery(TransformRouteValidationContext context, IReadOnlyDictionary<string, string> transformValues)
    {
        if (transformValues.GetValueOrDefault(HeaderKey)?.Trim() is { } header && DeliveryRules.ProblemOfHeader(header) is { } headerProblem)
        {
            context.Errors.Add(new InvalidOperationException($"Route '{context.Route.RouteId}': the {HeaderKey} of the transform {Key}, '{header}', {headerProblem}."));
        }

        if (transformValues.GetValueOrDefault(SchemeKey)?.Trim() is { } scheme && DeliveryRules.ProblemOfScheme(scheme) is { } schemeProblem)
        {
            context.Errors.Add(new InvalidOperationException($"Route '{context.Route.RouteId}': the {SchemeKey} of the transform {Key}, '{scheme}', {schemeProblem}."));
        }
    }
}
