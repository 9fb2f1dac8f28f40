nas 1

/// The mobile space of ProxylessNAS (Cai, Zhu & Han 2019, section 4.2): 21 inverted residual blocks. Each has a
/// kernel of 3, 5 or 7 and an expansion by 3 or 6; where its input and output have one shape it may also be nothing
/// but its skip. Six blocks change the shape: 6^6 * 7^15 = 221,502,229,807,900,608 architectures (the paper rounds
/// up to 7^21). The six forms are written out, for each has weights of its own where networks share them.
space proxyless(classes = 1000, size = 224) {
  input x: image[size, size, 3]
  output x |> conv_bn_relu6(32, 3, stride: 2) |> mbconv(16, k: 3, e: 1)
    |> for (c, n, stride) in [(24, 4, 2), (40, 4, 2), (80, 4, 2), (96, 4, 1), (192, 4, 2), (320, 1, 1)] {
      stage(c, n, stride)
    }
    |> conv_bn_relu6(1280, 1) |> classifier(classes)
}

motif stage(x; c, n, stride) = x |> for i in 1..n { block(c, if i == 1 then stride else 1) }

motif block(x; c, stride) {
  let same = stride == 1 and channels(x) == c
  let y = x |> choose op {
    mb_3_e3: mbconv(c, k: 3, e: 3, stride: stride)
    mb_5_e3: mbconv(c, k: 5, e: 3, stride: stride)
    mb_7_e3: mbconv(c, k: 7, e: 3, stride: stride)
    mb_3_e6: mbconv(c, k: 3, e: 6, stride: stride)
    mb_5_e6: mbconv(c, k: 5, e: 6, stride: stride)
    mb_7_e6: mbconv(c, k: 7, e: 6, stride: stride)
    none when same
  }
  if same then x + y else y
}
