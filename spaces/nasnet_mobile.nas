nas 1

/// NASNet-A (4 @ 1056), the mobile network for ImageNet as it was released (Zoph et al. 2018, section 4.2 and
/// appendix A; keras-team/keras-applications, keras_applications/nasnet.py): one architecture of 5,289,978
/// parameters, auxiliary head left out. Its cells concatenate states that the paper's figures do not: the normal
/// cell its older input, the reduction cell a block that another block reads too. So it is no member of nasnet.nas.
space nasnet_mobile(classes = 1000, size = 224, n = 4, c = 44) {
  input x: image[size, size, 3]
  let half  = x |> conv(32, 3, stride: 2, padding: valid) |> batch_norm(epsilon: 1e-3)
  let first = reduce(half, project(half; floor(c / 4)); floor(c / 4))
  let start = (half, first) |> slide(reduction(floor(c / 2)))
  let high  = start |> repeat n { slide(normal(c)) }
  let mid   = high |> slide(reduction(2 * c)) |> repeat n { slide(normal(2 * c)) }
  let low   = mid |> slide(reduction(4 * c)) |> repeat n { slide(normal(4 * c)) }
  output last(low) |> relu |> classifier(classes)
}

motif normal(p, q; c) {
  let (old, new) = (align(p, q; c), project(q; c))
  concat([
    old,
    (new |> separable(c, 5)) + (old |> separable(c, 3)),
    (old |> separable(c, 5)) + (old |> separable(c, 3)),
    (new |> avg_pool(3)) + old,
    (old |> avg_pool(3)) + (old |> avg_pool(3)),
    (new |> separable(c, 3)) + new
  ])
}

motif reduction(p, q; c) = reduce(align(p, q; c), project(q; c); c)

motif reduce(old, new; c) {
  let a = (new |> separable(c, 5, 2)) + (old |> separable(c, 7, 2))
  let b = (new |> max_pool(3, 2, padding: same_upper)) + (old |> separable(c, 7, 2))
  concat([
    b,
    (new |> avg_pool(3, 2, padding: same_upper)) + (old |> separable(c, 5, 2)),
    (a |> avg_pool(3)) + b,
    (a |> separable(c, 3)) + (new |> max_pool(3, 2, padding: same_upper))
  ])
}

/// Unlike the library's `sep_conv`, the first half makes the c channels: its input may have more or fewer.
motif separable(x; c, k, stride = 1) = x
  |> relu |> depthwise(k, stride, padding: same_upper) |> conv(c, 1) |> batch_norm(epsilon: 1e-3)
  |> relu |> depthwise(k) |> conv(c, 1) |> batch_norm(epsilon: 1e-3)
