nas 1

/// ResNet-50 for ImageNet (He, Zhang, Ren & Sun 2016, table 1; shortcuts of option B), with the stride in the 3x3
/// convolution of a bottleneck, as usual today: one architecture, 25,557,032 parameters.
space resnet50(classes = 1000, size = 224) {
  input x: image[size, size, 3]
  output x |> conv_bn_relu(64, 7, stride: 2) |> max_pool(3, 2)
    |> for (c, n, stride) in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)] { stage(c, n, stride) }
    |> classifier(classes)
}

motif stage(x; c, n, stride) = x |> for i in 1..n { bottleneck(c, if i == 1 then stride else 1) }

motif bottleneck(x; c, stride) {
  let y = x |> conv_bn_relu(c, 1) |> conv_bn_relu(c, 3, stride) |> conv(4 * c, 1) |> batch_norm
  relu(y + shortcut(x; 4 * c, stride))
}

motif shortcut(x; c, stride) = if stride == 1 and channels(x) == c then x else x |> conv(c, 1, stride) |> batch_norm
