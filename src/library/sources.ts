/** Written by `node scripts/library.ts` from the folder `library/`; a test compares. */
export const librarySources: Readonly<Record<string, string>> = {
  'nrmc/alexnet.nrm': `nrm 1

import { Plain } from "nrmc/policies.nrm"

/// AlexNet in one tower: 61,100,840 parameters. Krizhevsky 2014, arXiv:1404.5997.
network AlexNet(classes = 1000) with Plain {
  input image: float32[224, 224, 3]
  conv(64, kernel: 11, stride: 4, padding: 2)  act  maxpool(3, stride: 2, padding: valid)
  conv(192, kernel: 5, padding: 2)  act  maxpool(3, stride: 2, padding: valid)
  for filters in [384, 256, 256] { conv(filters, kernel: 3, padding: 1)  act }
  maxpool(3, stride: 2, padding: valid)
  flatten
  repeat 2 { drop  dense(4096)  act }
  classifier: dense(classes)
}

/// The form of 2012, its two towers as groups: 60,965,224 parameters. Krizhevsky, Sutskever and Hinton 2012.
network AlexNet2012(classes = 1000) with Plain {
  input image: float32[227, 227, 3]
  conv(96, kernel: 11, stride: 4, padding: valid)  act  norm  maxpool(3, stride: 2, padding: valid)
  conv(256, kernel: 5, padding: 2, groups: 2)  act  norm  maxpool(3, stride: 2, padding: valid)
  conv(384, kernel: 3, padding: 1)  act
  conv(384, kernel: 3, padding: 1, groups: 2)  act
  conv(256, kernel: 3, padding: 1, groups: 2)  act  maxpool(3, stride: 2, padding: valid)
  flatten
  repeat 2 { dense(4096)  act  drop }
  classifier: dense(classes)
}
`,
  'nrmc/densenet.nrm': `nrm 1

import { Classic } from "nrmc/policies.nrm"

/// One layer of a dense block: what arrives goes on beside what is made of it. Huang et al. 2016.
block DenseLayer(growth) {
  concat {
    | identity
    | norm  act  conv(4 * growth, kernel: 1)
      norm  act  conv(growth, kernel: 3, bias: false)  drop
  }
}

/// Half as many channels, half as high and wide.
block Transition {
  norm  act  conv(channels / 2, kernel: 1, bias: false)  avgpool(2)
}

/// DenseNet-121: 7,978,856 parameters.
network DenseNet121(classes = 1000, growth = 32) with Classic {
  input image: float32[224, 224, 3]
  stem: { conv(64, kernel: 7, stride: 2, padding: 3)  norm  act  maxpool(3, stride: 2, padding: 1) }
  for count in [6, 12, 24] { stage: { repeat count { DenseLayer(growth) }  Transition } }
  stage4: { repeat 16 { DenseLayer(growth) } }
  norm  act
  global_avgpool
  classifier: dense(classes)
}
`,
  'nrmc/inception.nrm': `nrm 1

import { Plain, Classic } from "nrmc/policies.nrm"

/// Four paths side by side: 1×1, 3×3, 5×5 and a pool, each behind a 1×1 convolution. Szegedy et al. 2014.
block Inception(a, b3, c3, b5, c5, p, kernel = 5) {
  concat {
    | conv(a, kernel: 1)  norm  act
    | conv(b3, kernel: 1)  norm  act  conv(c3, kernel: 3)  norm  act
    | conv(b5, kernel: 1)  norm  act  conv(c5, kernel: kernel)  norm  act
    | maxpool(3, stride: 1)  conv(p, kernel: 1)  norm  act
  }
}

/// GoogLeNet as of 2014, without the auxiliary heads: 6,998,552 parameters.
network GoogLeNet2014(classes = 1000) with Plain {
  input image: float32[224, 224, 3]
  conv(64, kernel: 7, stride: 2, padding: 3)  norm  act  maxpool(3, stride: 2)
  conv(64, kernel: 1)  norm  act  conv(192, kernel: 3)  norm  act  maxpool(3, stride: 2)
  Inception(64, 96, 128, 16, 32, 32)
  Inception(128, 128, 192, 32, 96, 64)
  maxpool(3, stride: 2)
  Inception(192, 96, 208, 16, 48, 64)
  Inception(160, 112, 224, 24, 64, 64)
  Inception(128, 128, 256, 24, 64, 64)
  Inception(112, 144, 288, 32, 64, 64)
  Inception(256, 160, 320, 32, 128, 128)
  maxpool(3, stride: 2)
  Inception(256, 160, 320, 32, 128, 128)
  Inception(384, 192, 384, 48, 128, 128)
  global_avgpool  drop
  classifier: dense(classes)
}

/// GoogLeNet with norms, and 3×3 where the 5×5 were: 6,624,904 parameters.
network GoogLeNet(classes = 1000) with Classic {
  input image: float32[224, 224, 3]
  conv(64, kernel: 7, stride: 2, padding: 3)  norm  act  maxpool(3, stride: 2)
  conv(64, kernel: 1)  norm  act  conv(192, kernel: 3)  norm  act  maxpool(3, stride: 2)
  Inception(64, 96, 128, 16, 32, 32, kernel: 3)
  Inception(128, 128, 192, 32, 96, 64, kernel: 3)
  maxpool(3, stride: 2)
  Inception(192, 96, 208, 16, 48, 64, kernel: 3)
  Inception(160, 112, 224, 24, 64, 64, kernel: 3)
  Inception(128, 128, 256, 24, 64, 64, kernel: 3)
  Inception(112, 144, 288, 32, 64, 64, kernel: 3)
  Inception(256, 160, 320, 32, 128, 128, kernel: 3)
  maxpool(2)
  Inception(256, 160, 320, 32, 128, 128, kernel: 3)
  Inception(384, 192, 384, 48, 128, 128, kernel: 3)
  global_avgpool  drop
  classifier: dense(classes)
}
`,
  'nrmc/lenet.nrm': `nrm 1

import { Plain } from "nrmc/policies.nrm"

/// LeNet-5 on images of 28×28, padded to 32: 61,706 parameters. LeCun et al. 1998, with ReLU and max pooling.
network LeNet5(classes = 10) with Plain {
  input image: float32[28, 28, 1]
  conv(6, kernel: 5, padding: 2)  act  maxpool(2)
  conv(16, kernel: 5, padding: valid)  act  maxpool(2)
  flatten
  dense(120)  act  drop
  dense(84)  act  drop
  classifier: dense(classes)
}
`,
  'nrmc/mlp.nrm': `nrm 1

import { Plain } from "nrmc/policies.nrm"

/// Dense layers on a vector: 468,874 parameters.
network MLP(features = 784, widths = [512, 128], classes = 10) with Plain {
  input x: float32[features]
  for width in widths { dense(width)  norm  act  drop }
  classifier: dense(classes)
}
`,
  'nrmc/policies.nrm': `nrm 1

/// Nothing but activations: for small networks, and to compare with.
policy Plain {
  act: relu
  conv?, dense? { init: kaiming }
}

/// Batch norm, ReLU and He's initial values: what residual networks are trained with.
policy Classic {
  norm?: batch(momentum: 0.9, epsilon: 1e-5)
  act: relu
  conv?, dense? { init: kaiming }
}

/// Classic, with decay on all kernels, and every residual block beginning as the identity.
policy Modern extends Classic {
  conv?, dense? { decay: 5e-4 }
  Residual? end.gamma { init: zeros }
  Bottleneck? end.gamma { init: zeros }
}
`,
  'nrmc/residual.nrm': `nrm 1

import { Classic } from "nrmc/policies.nrm"

/// Two convolutions of 3×3 and the short way around them. He et al. 2015.
block Residual(filters, stride = 1) {
  sum {
    | conv(filters, kernel: 3, stride: stride, padding: 1)  norm  act
      conv(filters, kernel: 3, padding: 1)  end: norm  drop
    | shortcut(filters, stride)
  }
  act
}

/// 1×1, 3×3 and 1×1, the last four times as wide; the stride is on the 3×3. He et al. 2015.
block Bottleneck(filters, stride = 1) {
  sum {
    | conv(filters, kernel: 1)  norm  act
      conv(filters, kernel: 3, stride: stride, padding: 1)  norm  act
      conv(4 * filters, kernel: 1)  end: norm  drop
    | shortcut(4 * filters, stride)
  }
  act
}

/// Norm and activation come before each convolution, nothing after the sum. He et al. 2016.
block PreResidual(filters, stride = 1) {
  sum {
    | norm  act  conv(filters, kernel: 3, stride: stride, padding: 1)
      norm  act  conv(filters, kernel: 3, padding: 1)  drop
    | if channels != filters or stride != 1 { conv(filters, kernel: 1, stride: stride) }
      else { identity }
  }
}

/// What every residual network for images of 224×224 begins with.
block ResidualStem {
  conv(64, kernel: 7, stride: 2, padding: 3)  norm  act
  maxpool(3, stride: 2, padding: 1)
}

/// ResNet-18: 11,689,512 parameters.
network ResNet18(classes = 1000) with Classic {
  input image: float32[224, 224, 3]
  ResidualStem
  for [filters, count, stride] in [[64, 2, 1], [128, 2, 2], [256, 2, 2], [512, 2, 2]] {
    stage: { Residual(filters, stride)  repeat count - 1 { Residual(filters) } }
  }
  global_avgpool
  classifier: dense(classes)
}

/// ResNet-34: 21,797,672 parameters.
network ResNet34(classes = 1000) with Classic {
  input image: float32[224, 224, 3]
  ResidualStem
  for [filters, count, stride] in [[64, 3, 1], [128, 4, 2], [256, 6, 2], [512, 3, 2]] {
    stage: { Residual(filters, stride)  repeat count - 1 { Residual(filters) } }
  }
  global_avgpool
  classifier: dense(classes)
}

/// ResNet-50: 25,557,032 parameters.
network ResNet50(classes = 1000) with Classic {
  input image: float32[224, 224, 3]
  ResidualStem
  for [filters, count, stride] in [[64, 3, 1], [128, 4, 2], [256, 6, 2], [512, 3, 2]] {
    stage: { Bottleneck(filters, stride)  repeat count - 1 { Bottleneck(filters) } }
  }
  global_avgpool
  classifier: dense(classes)
}

/// ResNet-101: 44,549,160 parameters.
network ResNet101(classes = 1000) with Classic {
  input image: float32[224, 224, 3]
  ResidualStem
  for [filters, count, stride] in [[64, 3, 1], [128, 4, 2], [256, 23, 2], [512, 3, 2]] {
    stage: { Bottleneck(filters, stride)  repeat count - 1 { Bottleneck(filters) } }
  }
  global_avgpool
  classifier: dense(classes)
}
`,
  'nrmc/squeeze.nrm': `nrm 1

import { Plain } from "nrmc/policies.nrm"

/// Weighs each channel by what all of them say together. Hu et al. 2017.
block SqueezeExcite(reduction = 16) {
  mul {
    | identity
    | global_avgpool  dense(channels / reduction)  act(relu)  dense(channels * reduction)
      act(sigmoid)
  }
}

/// Few channels in, two widths of kernel out. Iandola et al. 2016.
block Fire(squeeze, expand) {
  conv(squeeze, kernel: 1)  act
  concat {
    | conv(expand, kernel: 1)  act
    | conv(expand, kernel: 3)  act
  }
}

/// SqueezeNet 1.1: 1,235,496 parameters.
network SqueezeNet(classes = 1000) with Plain {
  input image: float32[224, 224, 3]
  conv(64, kernel: 3, stride: 2, padding: valid)  act  maxpool(3, stride: 2)
  repeat 2 { Fire(16, 64) }
  maxpool(3, stride: 2)
  repeat 2 { Fire(32, 128) }
  maxpool(3, stride: 2)
  repeat 2 { Fire(48, 192) }
  repeat 2 { Fire(64, 256) }
  drop
  classifier: conv(classes, kernel: 1)
  act
  global_avgpool
}
`,
  'nrmc/vgg.nrm': `nrm 1

import { Classic } from "nrmc/policies.nrm"

/// \`count\` convolutions of 3×3 and a pool. Simonyan and Zisserman 2014.
block VGGStage(filters, count) {
  repeat count { conv(filters, kernel: 3)  norm  act }
  maxpool(2)
}

/// VGG-16 on images of 224×224.
network VGG16(classes = 1000) with Classic {
  input image: float32[224, 224, 3]
  for [filters, count] in [[64, 2], [128, 2], [256, 3], [512, 3], [512, 3]] {
    VGGStage(filters, count)
  }
  flatten
  repeat 2 { dense(4096)  act  drop }
  classifier: dense(classes)
}
`,
};
