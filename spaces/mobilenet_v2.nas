nas 1

/// MobileNetV2 of width 1.0 for ImageNet (Sandler et al. 2018, table 2): one architecture, 3,504,872 parameters.
space mobilenet_v2(classes = 1000, size = 224) {
  input x: image[size, size, 3]
  output x |> conv_bn_relu6(32, 3, stride: 2)
    |> for (e, c, n, stride) in [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)
    ] { stage(e, c, n, stride) }
    |> conv_bn_relu6(1280, 1) |> global_avg_pool |> dropout(0.2) |> dense(classes)
}

motif stage(x; e, c, n, stride) = x |> for i in 1..n { block(e, c, if i == 1 then stride else 1) }

/// An inverted residual: a skip where input and output have one shape.
motif block(x; e, c, stride) {
  let y = x |> mbconv(c, k: 3, e: e, stride: stride)
  if stride == 1 and channels(x) == c then x + y else y
}
