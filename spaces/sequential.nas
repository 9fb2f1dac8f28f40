nas 1

/// Layers in a row with skip connections (Zoph & Le 2017, sections 3.3 and 4.1). Each convolution chooses height and
/// width of its kernel, filters, strides, and which earlier layers it reads: concatenated, smaller ones padded with
/// zeros. A layer that reads none reads the image; layers that none reads are concatenated for the classifier. With L
/// layers and strides fixed to 1 there are (4 * 4 * 4)^L * 2^(L(L - 1)/2) architectures: 2,251,799,813,685,248 for six.
/// `most = 3` opens the strides as well: (4 * 4 * 9 * 4)^L * 2^(L(L - 1)/2), 1,196,698,744,784,701,882,368 for six. The
/// paper grows L by two, from 6.
space sequential(classes = 10, size = 32, colors = 3, layers = 6, most = 1) {
  input x: image[size, size, colors]
  nodes n[layers] = concat(choose inputs any from n, pad: true) or x
    |> conv(
      choose filters {24, 36, 48, 64},
      k: (choose kh {1, 3, 5, 7}, choose kw {1, 3, 5, 7}),
      stride: (choose sh 1..most, choose sw 1..most)
    )
    |> batch_norm |> relu
  output concat(loose(n), pad: true) |> classifier(classes)
}

/// Ten random networks of two layers on small digits.
search quick of sequential(size: 8, colors: 1, layers: 2) {
  data      digits(split: shuffled)
  strategy  random
  evaluate  train(epochs: 5, batch: 64, optimizer: sgd(lr: 0.05, momentum: 0.9), schedule: cosine)
  maximize  accuracy
  budget    10 trials
  seed      1
}
