nas 1

/// ResNet-18 for ImageNet (He, Zhang, Ren & Sun 2016, table 1; shortcuts of option B): one architecture, 11,689,512
/// parameters.
space resnet18(classes = 1000, size = 224) {
  input x: image[size, size, 3]
  output x |> conv_bn_relu(64, 7, stride: 2) |> max_pool(3, 2)
    |> for (c, stride) in [(64, 1), (128, 2), (256, 2), (512, 2)] { basic(c, stride) |> basic(c, 1) }
    |> classifier(classes)
}

motif basic(x; c, stride) {
  let y = x |> conv_bn_relu(c, 3, stride) |> conv(c, 3) |> batch_norm
  relu(y + shortcut(x; c, stride))
}

motif shortcut(x; c, stride) = if stride == 1 and channels(x) == c then x else x |> conv(c, 1, stride) |> batch_norm
