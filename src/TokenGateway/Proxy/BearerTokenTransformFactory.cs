using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;
using Yarp.ReverseProxy.Transforms.Builder;

namespace TokenGateway.Proxy;

/// <summary>Makes <c>{ "BearerToken": "plum" }</c> a transform of YARP's, checked with the rest of its configuration at start and on every reload.</summary>
internal sealed class BearerTokenTransformFactory(KnownCredentials credentials) : ITransformFactory
{
    public const string Key = "BearerToken";

    public bool Validate(TransformRouteValidationContext context, IReadOnlyDictionary<string, string> transformValues)
    {
        if (!transformValues.TryGetValue(Key, out var credential))
        {
            return false;
        }

        TransformHelpers.TryCheckTooManyParameters(context, transformValues, expected: 1);
        if (!credentials.Contains(credential ?? ""))
        {
            context.Errors.Add(new InvalidOperationException(
                $"Route '{context.Route.RouteId}': the transform {Key} names the credential '{credential}', which is not configured. Known credentials: {credentials}."));
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

        context.RequestTransforms.Add(new BearerTokenTransform(
            credential,
            context.Services.GetRequiredService<ITokenManager>(),
            context.Services.GetRequiredService<TokenMetrics>(),
            context.Services.GetRequiredService<ILogger<BearerTokenTransform>>()));
        context.ResponseTransforms.Add(new UnauthorizedTransform(
            credential,
            context.Services.GetRequiredService<ITokenManager>(),
            context.Services.GetRequiredService<TokenMetrics>(),
            context.Services.GetRequiredService<ILogger<UnauthorizedTransform>>()));
        return true;
    }
}
