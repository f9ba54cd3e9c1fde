using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace TokenGateway.Proxy;

/// <summary>
/// Forwards every target as its client wrote it (<see cref="WrittenTarget"/>). It comes after a route's own transforms, and allocates
/// nothing for a target without anything encoded.
/// </summary>
internal sealed class WrittenTargetTransform : RequestTransform
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var http = context.HttpContext;
        if (context.ProxyRequest.RequestUri is null
            && http.Features[typeof(IHttpRequestFeature)] is IHttpRequestFeature { RawTarget: var target } && WrittenTarget.Matters(target)
            && WrittenTarget.PathOf(target, http.Request.Path.Value ?? "", context.Path.Value ?? "") is { } path)
        {
            var prefix = context.DestinationPrefix.AsSpan();
            var start = path.Length > 0 && prefix.EndsWith("/") ? prefix[..^1] : prefix;
            var address = string.Concat(start, path, context.Query.QueryString.ToUriComponent());
            context.ProxyRequest.RequestUri = new Uri(address, AsItIs);
        }

        return default;
    }
}

/// <summary>Makes it a part of every route.</summary>
internal sealed class WrittenTargets : ITransformProvider
{
    private static readonly WrittenTargetTransform Transform = new();

    public void ValidateRoute(TransformRouteValidationContext context) { }

    public void ValidateCluster(TransformClusterValidationContext context) { }

    public void Apply(TransformBuilderContext context) => context.RequestTransforms.Add(Transform);
}
