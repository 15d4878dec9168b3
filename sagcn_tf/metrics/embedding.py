"""Embeds vectors in one or two dimensions, to draw them."""

import numpy as np

METHODS = ("t-SNE", "PCA")
_PERPLEXITY = 30


def embed(vectors, dimensions, method="t-SNE"):
    """Embeds vectors with scikit-learn; the same vectors always give the same points.

    t-SNE starts from the principal components, so that both methods have the same orientation
    where t-SNE keeps it.

    Args:
        vectors: `[n, V]`, n = 3 or more.
        dimensions: 1 or 2.
        method: one of `METHODS`. Default: `"t-SNE"`.

    Returns:
        float64 `[n, dimensions]`.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    vectors = np.asarray(vectors, np.float64)
    if method == "PCA":
        return PCA(dimensions, svd_solver="full").fit_transform(vectors)
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    tsne = TSNE(dimensions, perplexity=perplexity, init="pca", random_state=0)
    # One thread, because the order of sums, and so the points, would depend on their number.
    with threadpool_limits(1):
        return tsne.fit_transform(vectors)
