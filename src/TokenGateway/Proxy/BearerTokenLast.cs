using Yarp.ReverseProxy.Transforms.Builder;

namespace TokenGateway.Proxy;

/// <summary>Puts the token in after a route's other transforms, wherever it is written, so that none of them can add its header a second time or take ours away.</summary>
internal sealed class BearerTokenLast : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context) { }

    public void ValidateCluster(TransformClusterValidationContext context) { }

    public void Apply(TransformBuilderContext context)
    {
        if (context.RequestTransforms.OfType<BearerTokenTransform>().FirstOrDefault() is { } transform)
        {
            context.RequestTransforms.Remove(transform);
            context.RequestTransforms.Add(transform);
        }
    }
}
